#!tests/run
"""Goal: every word of po/kk.po and po/ru.po is one that hunspell's dictionaries or tests/po/{kk,ru}.words know."""

import os
import re
import shutil
import subprocess
import sys

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
WORD = re.compile("[\u0400-\u04ff]+(?:-[\u0400-\u04ff]+)*")
TEXT = re.compile(r'^(?:msgstr(?:\[\d\])? )?"((?:[^"\\]|\\.)*)"')


# The Kazakh dictionary has words and few of their forms: a known stem with endings of the language behind it is
# a word as well.
ENDINGS = """
лар лер дар дер тар тер ы і сы сі ың ің ңыз ңіз ыңыз іңіз м ым ім мыз міз
ның нің дың дің тың тің ға ге қа ке на не а е ны ні ды ді ты ті н да де та те нда нде дан ден тан тен нан нен мен
бен пен дағы дегі тағы тегі ндағы ндегі ғы гі қы кі нікі дікі тікі лы лі ды ді ты ті сыз сіз лық лік дық дік тық тік
дай дей тай тей ша ше рақ рек ырақ ірек лау леу дау деу тау теу ла ле да де та те
ған ген қан кен ма ме ба бе па пе й у ып іп п са се ыл іл л ын ін ар ер р с тын тін ды ді ты ті ба бе сын сін
ғыз гіз қыз кіз тыр тір дыр дір т ыс іс лас лес ғанша генше қанша кенше ғандай гендей атын етін йтын йтін
""".split()
FORM = re.compile("(?:" + "|".join(sorted(set(ENDINGS), key=len, reverse=True)) + "){0,7}$")


def said(path):
    """The words of the translations of a catalogue."""
    words, inside = set(), False
    with open(path, encoding="utf-8") as file:
        for line in file:
            inside = line.startswith("msgstr") or (inside and line.startswith('"'))
            found = TEXT.match(line) if inside else None
            if found:
                words |= set(WORD.findall(re.sub(r"\\.", " ", found.group(1))))
    return words


def misspelt(dictionary, words):
    """Those of the words that the dictionary does not know."""
    listed = subprocess.run(
        ["hunspell", "-i", "utf-8", "-d", dictionary, "-l"],
        input="\n".join(sorted(words)),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(listed.stdout.split())


def stems(word):
    """What of the word may be its stem, where the rest can be endings."""
    return {word[:n] for n in range(2, len(word)) if FORM.match(word[n:])}


def unknown(language, dictionary, words, allowed):
    parts = {part for word in words for part in word.split("-")}
    strange = misspelt(dictionary, parts) - allowed
    strange = misspelt(dictionary, {word.lower() for word in strange}) - {word.lower() for word in allowed}
    if language != "kk":
        return strange
    tried = {word: stems(word) for word in strange}
    known = set().union(*tried.values(), set()) if tried else set()
    known = (known - misspelt(dictionary, known)) | {word.lower() for word in allowed}
    return {word for word in strange if not tried[word] & known}


def main():
    if not shutil.which("hunspell"):
        tap.skip_all("hunspell is not installed")
    for language, dictionary, wrong in (("ru", "ru_RU", "сообщенея"), ("kk", "kk_KZ", "түйінңдер")):
        dictionaries = subprocess.run(["hunspell", "-D"], input="", capture_output=True, text=True, check=False)
        if dictionary not in dictionaries.stdout + dictionaries.stderr:
            tap.note(f"SKIP {language}: there is no dictionary {dictionary}")
            continue
        with open(os.path.join(HERE, f"{language}.words"), encoding="utf-8") as file:
            allowed = {word for line in file for word in line.partition("#")[0].split()}
        words = said(os.path.join(TOP, "po", f"{language}.po"))
        strange = unknown(language, dictionary, words, allowed)
        tap.ok(len(words) > 1000, f"{language}: {len(words)} words were read")
        tap.ok(not strange, f"{language}: every word is known", " ".join(sorted(strange)))
        tap.ok(unknown(language, dictionary, {wrong}, allowed), f"{language}: a misspelt word would be found")


main()
sys.exit(tap.finish())
