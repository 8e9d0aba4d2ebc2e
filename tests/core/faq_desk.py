"""A small desk that the tests of the matcher ask."""

from core.faq_matcher import Found, Question

DESK = {
    "cancel": {
        "en": ["How do I cancel my subscription?", "stop my membership", "end auto renewal"],
        "de": ["Wie kündige ich mein Abo?", "abo beenden", "verlängerung ausschalten"],
    },
    "refund": {
        "en": ["Can I get my money back?", "i want a refund", "charged by mistake"],
        "de": ["Bekomme ich mein Geld zurück?", "erstattung beantragen"],
    },
    "password": {
        "en": ["I forgot my password", "cannot log in", "reset my login"],
        "de": ["Passwort vergessen", "ich komme nicht in mein konto"],
    },
    "payout": {
        "en": ["When will I be paid?", "where is my payout", "my earnings did not arrive"],
        "de": ["Wann kommt meine Auszahlung?", "auszahlung fehlt"],
    },
    "upload": {
        "en": ["Video upload fails", "my video won't upload", "upload stuck at 99 percent"],
    },
}
QUESTIONS = [
    Question(entry, text, language)
    for entry, languages in DESK.items()
    for language, texts in languages.items()
    for text in texts
]


def entries(found: Found) -> list[str]:
    return [match.entry for match in found.matches]
