"""The access matrix: role × object × verb × relation → answer, as one table (`akses.txt`) and the means to try it."""
