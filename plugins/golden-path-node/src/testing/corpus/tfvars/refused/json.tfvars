{
  "application_databases": {}
}
