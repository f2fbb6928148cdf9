"""Every sentence a person can meet is there in both languages."""

from webapp import catalogue


def test_every_sentence_has_an_english_translation() -> None:
    assert catalogue.untranslated() == [], "run ./petabukti strings and fill the empty msgstr lines"


def test_translations_keep_the_places_for_names_and_numbers() -> None:
    broken = [(message.id, str(error)) for message in catalogue.english() for error in message.check()]
    assert broken == []
