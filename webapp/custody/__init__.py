"""Handing over: a case or a period as a zip that anybody can check offline, and the commands of the trail."""
