"""What a PDF says of itself and of the standards that it keeps to."""

from __future__ import annotations

import zlib
from datetime import datetime
from hashlib import md5
from importlib.resources import files
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import pydyf
import weasyprint


class Standard(NamedTuple):
    """Which parts of ISO 14289 (PDF/UA) and ISO 19005 (PDF/A) a file keeps to."""

    version: str
    ua: int
    archive: int


NEWEST = Standard("2.0", 2, 4)  # PDF/UA-2, PDF/A-4f and Well-Tagged PDF
FORMER = Standard("1.7", 1, 3)  # PDF/UA-1 and PDF/A-3a, for readers that know no PDF 2.0
STANDARDS = {"PDF/UA-2": NEWEST, "PDF/UA-1": FORMER}

_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfd": "http://pdfa.org/declarations/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
_WELL_TAGGED = ("accessibility1.0", "reuse1.0")
# PDF/A-3 wants a schema that it does not know to be described.
_DESCRIBED = (
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    f"<pdfaSchema:namespaceURI>{_NAMESPACES['pdfuaid']}</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289"
    "</pdfaProperty:description><pdfaProperty:name>part</pdfaProperty:name>"
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType></rdf:li></rdf:Seq></pdfaSchema:property>"
    "</rdf:li></rdf:Bag></pdfaExtension:schemas>"
)


def declare(pdf: Any, about: Any, standard: Standard, day: datetime) -> None:
    """Write the file's account of itself: what it is, which standards it keeps to, what it carries."""
    newest = standard is NEWEST
    metadata = pydyf.Stream([_xmp(about, standard, day)], pydyf.Dictionary({"Type": "/Metadata", "Subtype": "/XML"}))
    pdf.add_object(metadata)
    pdf.catalog["Metadata"] = metadata.reference
    pdf.catalog["OutputIntents"] = pydyf.Array([_srgb(pdf)])
    things: list[Any] = [thing for thing in pdf.objects if isinstance(thing, dict)]
    carried = [thing for thing in things if thing.get("Type") == "/Filespec"]
    for file in carried:
        file["AFRelationship"] = "/Data"
    pdf.catalog["AF"] = pydyf.Array([file.reference for file in carried])
    if newest:
        pdf.info.clear()  # PDF 2.0 leaves it to the metadata


def _srgb(pdf: Any) -> Any:
    """Say what the colours mean, with the profile that comes with WeasyPrint."""
    data = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
    profile = pydyf.Stream([data], pydyf.Dictionary({"N": 3}), compress=True)
    pdf.add_object(profile)
    name = pydyf.String("sRGB")
    return pydyf.Dictionary(
        {
            "Type": "/OutputIntent",
            "S": "/GTS_PDFA1",
            "OutputConditionIdentifier": name,
            "Info": name,
            "DestOutputProfile": profile.reference,
        }
    )


def pack(pdf: Any) -> bytes:
    """Compress the streams once, and return a name of the file that follows from its content.

    Left to itself, WeasyPrint compresses every stream again to work out such a name.
    """
    digest = md5(usedforsecurity=False)
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Stream) and thing.compress:
            data = zlib.compress(b"\n".join(pydyf._to_bytes(part) for part in thing.stream), 9)
            thing.extra = pydyf.Dictionary({**thing.extra, "Filter": "/FlateDecode"})
            thing.stream, thing.compress = [data], False
            digest.update(data)
    return digest.hexdigest().encode()


def _xmp(about: Any, standard: Standard, day: datetime) -> bytes:
    when = day.strftime("%Y-%m-%dT%H:%M:%SZ")
    archive = "<pdfaid:rev>2020</pdfaid:rev>" if standard.archive == 4 else ""
    access = "<pdfuaid:rev>2024</pdfuaid:rev>" if standard.ua == 2 else ""
    declared = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfd:conformsTo>http://pdfa.org/declarations/wtpdf#{one}</pdfd:conformsTo>'
        "</rdf:li>"
        for one in _WELL_TAGGED
    )
    said = [
        f"<pdfaid:part>{standard.archive}</pdfaid:part>{archive}",
        f"<pdfaid:conformance>{'F' if standard.archive == 4 else 'A'}</pdfaid:conformance>",
        f"<pdfuaid:part>{standard.ua}</pdfuaid:part>{access}",
        "<dc:format>application/pdf</dc:format>",
        _language("dc:title", about.title),
        f"<dc:creator><rdf:Seq><rdf:li>{escape(', '.join(about.authors))}</rdf:li></rdf:Seq></dc:creator>",
        _language("dc:description", about.description),
        f"<dc:language><rdf:Bag><rdf:li>{escape(about.lang)}</rdf:li></rdf:Bag></dc:language>",
        f"<pdf:Keywords>{escape(', '.join(about.keywords))}</pdf:Keywords>",
        f"<pdf:Producer>WeasyPrint {weasyprint.__version__}</pdf:Producer>",
        f"<xmp:CreatorTool>{escape(about.generator)}</xmp:CreatorTool>",
        *(f"<xmp:{name}>{when}</xmp:{name}>" for name in ("CreateDate", "ModifyDate", "MetadataDate")),
        f"<pdfd:declarations><rdf:Bag>{declared}</rdf:Bag></pdfd:declarations>" if standard is NEWEST else _DESCRIBED,
    ]
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in _NAMESPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{"".join(said)}</rdf:Description></rdf:RDF></x:xmpmeta>\n'
        '<?xpacket end="w"?>'
    ).encode()


def _language(name: str, text: str) -> str:
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(text or "")}</rdf:li></rdf:Alt></{name}>'
