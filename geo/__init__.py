"""Places, areas and maps as a library: usable from a shell, knows no Flask, no settings and no table of ours.

Everywhere: WGS 84 (EPSG:4326), axis order lon, lat, degrees; distances in metres, areas in km².
"""
