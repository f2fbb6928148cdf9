"""Accounts: people, the posts they hold from day to day, and the door."""
