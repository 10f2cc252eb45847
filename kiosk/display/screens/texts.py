"""The texts of every screen, in every language.

To add a language, add a table to LANGUAGES. Tests check that no text is missing and that each one
fits on every panel. Spanish addresses the payer as *usted*, which is polite in all of Latin
America.
"""

from __future__ import annotations

from kiosk.base.frozen import frozen
from kiosk.base.money import Money
from kiosk.sale.words import Fault, PayerNotice, Screen

NO_BREAK = "\N{NO-BREAK SPACE}"


@frozen
class Message:
    """The texts of a screen: its headline, and a detail in several lengths, the longest first."""

    headline: str
    detail: tuple[str, ...]


@frozen
class Language:
    """The texts of one language. ``printed`` is for scan_me where the QR is a printed one.

    ``notices`` replace the detail of held and paid. ``faults`` name in a word or two why the kiosk
    can't sell.
    """

    screens: dict[Screen, Message]
    printed: Message
    notices: dict[PayerNotice, tuple[str, ...]]
    faults: dict[Fault, str]
    code: str  # the word before a reference code
    reason: str  # the word before a fault


_SPANISH = Language(
    screens={
        Screen.IDLE: Message("Listo", ("Pague aquí con QR",)),
        Screen.WORKING: Message("Un momento", ("Preparando su código QR", "Preparando el QR")),
        Screen.SCAN_ME: Message(
            "Escanee y pague", ("Escanee con Mercado Pago", "Escanee y pague", "Escanee")
        ),
        Screen.PAID: Message("Pagado", ("Gracias por su compra", "Gracias")),
        Screen.CANCELED: Message("Cancelado", ("No se cobró nada", "Sin cobro")),
        Screen.EXPIRED: Message(
            "Tiempo agotado", ("Pida otro código en la caja", "Pida otro código")
        ),
        Screen.REFUSED: Message("No se pudo cobrar", ("Avise en la caja",)),
        Screen.REFUNDED: Message("Pago devuelto", ("Le devolvimos todo el importe",)),
        Screen.HELD: Message(
            "Avise en la caja",
            (
                "Hay que revisar su pago; muestre este código",
                "Hay que revisar su pago",
                "Pago por revisar",
            ),
        ),
        Screen.CHECKING: Message(
            "No pague de nuevo",
            ("Estamos verificando su pago", "Verificando su pago", "Verificando"),
        ),
        Screen.OUT_OF_SERVICE: Message(
            "Fuera de servicio", ("Pague de otra forma en la caja", "Pague en la caja")
        ),
        Screen.REJECTED_INPUT: Message(
            "No se pudo leer", ("Ingrese o escanee de nuevo", "Repita la lectura")
        ),
        Screen.BASKET: Message("Total", ("Pague cuando esté todo", "Siga o pague")),
    },
    printed=Message("Escanee el código impreso", ("Pague con Mercado Pago", "Mercado Pago")),
    notices={
        PayerNotice.LATE: (
            "Su pago llegó tarde; muestre este código",
            "Su pago llegó tarde",
            "Pago tardío",
        ),
        PayerNotice.OTHER_AMOUNT: (
            "Se pagó otro importe; muestre este código",
            "Se pagó otro importe",
            "Pagó otro importe",
        ),
        PayerNotice.UNKNOWN: (
            "No sabemos si su pago llegó; no pague de nuevo",
            "No pague de nuevo",
        ),
        PayerNotice.TWICE: ("Se pagó dos veces; avise en la caja", "Avise en la caja"),
    },
    faults={
        Fault.NETWORK: "red",
        Fault.TOKEN: "credencial",
        Fault.SETUP: "ajustes",
        Fault.NO_QR: "sin QR",
        Fault.NOT_PAYABLE: "orden no válida",
        Fault.CURRENCY: "moneda",
        Fault.PANEL: "pantalla",
        Fault.JOURNAL: "registro",
        Fault.START: "arranque",
    },
    code="Código",
    reason="Motivo",
)

_PORTUGUESE = Language(
    screens={
        Screen.IDLE: Message("Pronto", ("Pague aqui com QR",)),
        Screen.WORKING: Message("Um momento", ("Preparando seu código QR", "Preparando o QR")),
        Screen.SCAN_ME: Message(
            "Escaneie e pague", ("Escaneie com Mercado Pago", "Escaneie e pague", "Escaneie")
        ),
        Screen.PAID: Message("Pago", ("Obrigado pela compra", "Obrigado")),
        Screen.CANCELED: Message("Cancelado", ("Nada foi cobrado", "Sem cobrança")),
        Screen.EXPIRED: Message(
            "Tempo esgotado", ("Peça outro código no caixa", "Peça outro código")
        ),
        Screen.REFUSED: Message("Não foi possível cobrar", ("Avise no caixa",)),
        Screen.REFUNDED: Message("Valor devolvido", ("Devolvemos o valor total",)),
        Screen.HELD: Message(
            "Avise no caixa",
            (
                "É preciso verificar seu pagamento; mostre este código",
                "É preciso verificar seu pagamento",
                "Verificar pagamento",
            ),
        ),
        Screen.CHECKING: Message(
            "Não pague de novo",
            ("Estamos verificando seu pagamento", "Verificando seu pagamento", "Verificando"),
        ),
        Screen.OUT_OF_SERVICE: Message(
            "Fora de serviço", ("Pague de outra forma no caixa", "Pague no caixa")
        ),
        Screen.REJECTED_INPUT: Message(
            "Não foi possível ler", ("Digite ou escaneie de novo", "Repita a leitura")
        ),
        Screen.BASKET: Message("Total", ("Pague quando estiver tudo", "Siga ou pague")),
    },
    printed=Message("Escaneie o código impresso", ("Pague com Mercado Pago", "Mercado Pago")),
    notices={
        PayerNotice.LATE: (
            "Seu pagamento chegou tarde; mostre este código",
            "Seu pagamento chegou tarde",
            "Pagamento tardio",
        ),
        PayerNotice.OTHER_AMOUNT: (
            "Foi pago outro valor; mostre este código",
            "Foi pago outro valor",
            "Pagou outro valor",
        ),
        PayerNotice.UNKNOWN: (
            "Não sabemos se seu pagamento chegou; não pague de novo",
            "Não pague de novo",
        ),
        PayerNotice.TWICE: ("Foi pago duas vezes; avise no caixa", "Avise no caixa"),
    },
    faults={
        Fault.NETWORK: "rede",
        Fault.TOKEN: "credencial",
        Fault.SETUP: "ajustes",
        Fault.NO_QR: "sem QR",
        Fault.NOT_PAYABLE: "pedido inválido",
        Fault.CURRENCY: "moeda",
        Fault.PANEL: "tela",
        Fault.JOURNAL: "registro",
        Fault.START: "início",
    },
    code="Código",
    reason="Motivo",
)

_ENGLISH = Language(
    screens={
        Screen.IDLE: Message("Ready", ("Pay here with QR",)),
        Screen.WORKING: Message("One moment", ("Preparing your QR code", "Preparing the QR")),
        Screen.SCAN_ME: Message("Scan and pay", ("Scan with Mercado Pago", "Scan and pay", "Scan")),
        Screen.PAID: Message("Paid", ("Thank you for shopping", "Thank you")),
        Screen.CANCELED: Message("Canceled", ("Nothing was charged", "No charge")),
        Screen.EXPIRED: Message(
            "Time is up", ("Ask the cashier for a new code", "Ask for a new code")
        ),
        Screen.REFUSED: Message(
            "Could not charge", ("Please tell the cashier", "Tell the cashier")
        ),
        Screen.REFUNDED: Message("Refunded", ("The whole amount was returned",)),
        Screen.HELD: Message(
            "See the cashier",
            (
                "Your payment must be checked; show this code",
                "Your payment must be checked",
                "Payment to check",
            ),
        ),
        Screen.CHECKING: Message(
            "Do not pay again",
            ("We are checking your payment", "Checking your payment", "Checking it"),
        ),
        Screen.OUT_OF_SERVICE: Message(
            "Out of service", ("Please pay the cashier another way", "Pay the cashier")
        ),
        Screen.REJECTED_INPUT: Message(
            "Could not read", ("Please key or scan it again", "Key or scan it again")
        ),
        Screen.BASKET: Message("Total", ("Pay when all is scanned", "Go on or pay")),
    },
    printed=Message("Scan the printed code", ("Pay with Mercado Pago", "Mercado Pago")),
    notices={
        PayerNotice.LATE: (
            "Your payment came late; show this code",
            "Your payment came late",
            "Late payment",
        ),
        PayerNotice.OTHER_AMOUNT: (
            "Another amount was paid; show this code",
            "Another amount was paid",
            "Wrong amount paid",
        ),
        PayerNotice.UNKNOWN: (
            "We don't know if your payment came; do not pay again",
            "Do not pay again",
        ),
        PayerNotice.TWICE: ("It was paid twice; see the cashier", "See the cashier"),
    },
    faults={
        Fault.NETWORK: "network",
        Fault.TOKEN: "token",
        Fault.SETUP: "settings",
        Fault.NO_QR: "no QR",
        Fault.NOT_PAYABLE: "not payable",
        Fault.CURRENCY: "currency",
        Fault.PANEL: "panel",
        Fault.JOURNAL: "journal",
        Fault.START: "start",
    },
    code="Code",
    reason="Reason",
)

LANGUAGES = {"es": _SPANISH, "pt": _PORTUGUESE, "en": _ENGLISH}


def price_tag(amount: Money) -> tuple[str]:
    """Return the amount in one piece, which breaks nowhere."""
    return (amount.for_people().replace(" ", NO_BREAK),)
