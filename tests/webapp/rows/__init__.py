"""One test for each row of the founding articles, named by its id, with the article's own data."""
