"""Laporan: what units do each day, their report of each quarter, and silence as a value of its own."""
