application_databases = {
}
