application_databases = {
  # none yet: }
}
