"""Selection: who goes on to the second round, who is awarded and studies abroad, whom a kabupaten nominates upwards."""
