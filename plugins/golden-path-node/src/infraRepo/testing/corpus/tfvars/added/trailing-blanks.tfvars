application_databases = {  
  accounts_db = {  
    database_name = "accounts_db"  
    username      = "accounts_user"  
  }  
  users_db = {  
    database_name = "users_db"  
    username      = "users_app_user"  
  }  
}  
