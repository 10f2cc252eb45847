"""The texts of every screen, in every language.

To add a language, add a table to LANGUAGES. Tests check that no text is missing and that each one
fits on every panel. Spanish addresses the payer as *usted*, which is polite in all of Latin
America.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.base.money import Money
from kiosk.sale.words import Screen


@dataclass(frozen=True, slots=True)
class Message:
    """The texts of a screen: its headline, and a detail in several lengths, the longest first."""

    headline: str
    detail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """The texts of one language. ``printed`` is for scan_me where the QR is a printed one."""

    screens: dict[Screen, Message]
    printed: Message
    code: str  # the word before a reference or a reason code


_SPANISH = Language(
    screens={
        Screen.IDLE: Message("Listo", ("Listo",)),
        Screen.WORKING: Message("Un momento", ("Preparando su código QR", "Preparando el QR")),
        Screen.SCAN_ME: Message(
            "Escanee y pague", ("Escanee con Mercado Pago", "Escanee y pague", "Escanee")
        ),
        Screen.PAID: Message("Pagado", ("Gracias por su compra", "Gracias")),
        Screen.CANCELED: Message("Cancelado", ("No se cobró nada", "Sin cobro")),
        Screen.EXPIRED: Message("Tiempo agotado", ("Pida otro código en la caja", "Pida otro")),
        Screen.REFUSED: Message("No se pudo cobrar", ("Avise en la caja",)),
        Screen.REFUNDED: Message("Devuelto", ("Le devolvimos todo el importe", "Pago devuelto")),
        Screen.HELD: Message(
            "Avise en la caja",
            ("Hay que revisar su pago; muestre este código", "Pago por revisar"),
        ),
        Screen.CHECKING: Message(
            "No pague de nuevo", ("Estamos verificando su pago", "Verificando su pago")
        ),
        Screen.OUT_OF_SERVICE: Message(
            "Fuera de servicio", ("Pague de otra forma en la caja", "Pague en la caja")
        ),
        Screen.REJECTED_INPUT: Message(
            "Importe no leído", ("Ingrese de nuevo el importe", "Ingréselo de nuevo")
        ),
        Screen.BASKET: Message("Total", ("Pague cuando esté todo", "Siga o pague")),
    },
    printed=Message("Escanee el código impreso", ("Pague con Mercado Pago", "Y pague")),
    code="Código",
)

_PORTUGUESE = Language(
    screens={
        Screen.IDLE: Message("Pronto", ("Pronto",)),
        Screen.WORKING: Message("Um momento", ("Preparando seu código QR", "Preparando o QR")),
        Screen.SCAN_ME: Message(
            "Escaneie e pague", ("Escaneie com Mercado Pago", "Escaneie e pague", "Escaneie")
        ),
        Screen.PAID: Message("Pago", ("Obrigado pela compra", "Obrigado")),
        Screen.CANCELED: Message("Cancelado", ("Nada foi cobrado", "Sem cobrança")),
        Screen.EXPIRED: Message("Tempo esgotado", ("Peça outro código no caixa", "Peça outro")),
        Screen.REFUSED: Message("Não foi possível cobrar", ("Avise no caixa",)),
        Screen.REFUNDED: Message("Devolvido", ("Devolvemos o valor total", "Valor devolvido")),
        Screen.HELD: Message(
            "Avise no caixa",
            ("É preciso verificar seu pagamento; mostre este código", "Pago a verificar"),
        ),
        Screen.CHECKING: Message(
            "Não pague de novo", ("Estamos verificando seu pagamento", "Verificando")
        ),
        Screen.OUT_OF_SERVICE: Message(
            "Fora de serviço", ("Pague de outra forma no caixa", "Pague no caixa")
        ),
        Screen.REJECTED_INPUT: Message(
            "Valor não lido", ("Digite o valor novamente", "Digite de novo")
        ),
        Screen.BASKET: Message("Total", ("Pague quando estiver tudo", "Siga ou pague")),
    },
    printed=Message("Escaneie o código impresso", ("Pague com Mercado Pago", "E pague")),
    code="Código",
)

_ENGLISH = Language(
    screens={
        Screen.IDLE: Message("Ready", ("Ready",)),
        Screen.WORKING: Message("One moment", ("Preparing your QR code", "Preparing the QR")),
        Screen.SCAN_ME: Message("Scan and pay", ("Scan with Mercado Pago", "Scan and pay", "Scan")),
        Screen.PAID: Message("Paid", ("Thank you for shopping", "Thank you")),
        Screen.CANCELED: Message("Canceled", ("Nothing was charged", "No charge")),
        Screen.EXPIRED: Message("Time is up", ("Ask the cashier for a new code", "Ask again")),
        Screen.REFUSED: Message("Could not charge", ("Please tell the cashier", "Ask for help")),
        Screen.REFUNDED: Message("Refunded", ("The whole amount was returned", "Money returned")),
        Screen.HELD: Message(
            "See the cashier", ("Your payment must be checked; show this code", "Check payment")
        ),
        Screen.CHECKING: Message(
            "Do not pay again", ("We are checking your payment", "Checking your payment")
        ),
        Screen.OUT_OF_SERVICE: Message(
            "Out of service", ("Please pay another way", "Pay another way")
        ),
        Screen.REJECTED_INPUT: Message(
            "Amount not read", ("Please key the amount again", "Key it again")
        ),
        Screen.BASKET: Message("Total", ("Pay when all is scanned", "Go on or pay")),
    },
    printed=Message("Scan the printed code", ("Pay with Mercado Pago", "And pay")),
    code="Code",
)

LANGUAGES = {"es": _SPANISH, "pt": _PORTUGUESE, "en": _ENGLISH}


def price_tag(amount: Money) -> tuple[str, ...]:
    """Return the amount in one piece, and in a form that may break into two rows."""
    text = amount.for_people()
    return text.replace(" ", "\N{NO-BREAK SPACE}"), text
