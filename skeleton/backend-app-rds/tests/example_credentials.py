"""The names of the real ones, with a password that isn't real."""

CREDENTIALS = {
    "DB_HOST": "localhost",
    "DB_PORT": "5432",
    "DB_NAME": ${{ values.databaseName | dump }},
    "DB_USER": ${{ values.username | dump }},
    "DB_PASS": "not-a-real-one",
}
