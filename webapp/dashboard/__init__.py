"""The leadership's desk: a region at a glance, the silent first, and the profile of a kecamatan. Reads only.

Who may see which cases is the map's own definition (`webapp.insight.queries`); nothing here says it again.
"""
