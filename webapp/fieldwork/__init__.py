"""Work in the field: which cases are visited on which day, by whom, in what order, and the papers of it."""
