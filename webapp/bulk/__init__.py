"""Those who come late: a folder or zip of photos, grouped into cases by time and place, corrected on one screen."""
