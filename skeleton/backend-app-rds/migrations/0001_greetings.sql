-- An example, as is "/" in app.py.
CREATE TABLE greetings (
  language text PRIMARY KEY,
  greeting text NOT NULL
);

INSERT INTO greetings VALUES ('en', 'Hello'), ('de', 'Hallo'), ('fr', 'Bonjour');
