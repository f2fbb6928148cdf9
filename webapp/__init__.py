"""Petabukti, the web application: one package per journey, the same furniture in each."""
