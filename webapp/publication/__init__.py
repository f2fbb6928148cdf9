"""Publication: a verified case, its pictures covered and its place coarse, for everybody to see; off unless asked for.

What the public sees is never the case itself: title, note, point and pictures are the publication's own, and a view of
the database hands out those columns alone.
"""
