"""Result records, validation, ranking, the static site."""
