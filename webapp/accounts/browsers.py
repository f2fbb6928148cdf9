"""A browser in a few plain words, for the list of one's own sessions: never a word of what it said itself."""

# The first that fits wins: most browsers also claim to be Chrome and Safari, most phones to be Linux.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def label(user_agent: str) -> str:
    """ "Chrome · Android"; "" for what is not known."""
    known = (next((words for sign, words in table if sign in user_agent), "") for table in (_BROWSERS, _SYSTEMS))
    return " · ".join(words for words in known if words)
