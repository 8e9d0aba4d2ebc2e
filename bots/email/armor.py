"""Pure: words that were signed where they stand (RFC 4880, section 7) -> the words."""

BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----\n"
SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----\n"
END = "-----END PGP SIGNATURE-----"
ESCAPE = "- "


def without_armor(text: str) -> str:
    """The first signed words without what signs them. Nobody's signature is checked."""
    before, begun, rest = text.partition(BEGIN)
    _, blank, rest = rest.partition("\n\n")  # behind its own headers
    signed, signature, rest = rest.partition(SIGNATURE)
    _, ended, after = rest.partition(END)
    if not (begun and blank and signature and ended):
        return text
    lines = (line.removeprefix(ESCAPE) for line in signed.split("\n"))
    return before + "\n".join(lines) + after
