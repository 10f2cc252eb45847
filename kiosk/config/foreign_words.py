"""Words of Spanish and Portuguese for settings and their values, which people write by mistake."""

from __future__ import annotations

import unicodedata

# Without accents, in small letters.
_MEANT = {
    "kiosk": "kiosco quiosco quiosque caja caixa mostrador balcao",
    "inputs": "entrada entradas",
    "sale": "venta ventas venda vendas",
    "orders": "orden ordenes pedido pedidos pago pagos pagamento pagamentos",
    "display": "pantalla tela visor",
    "signals": "senal senales sinal sinais luces luzes",
    "journal": "registro diario",
    "service": "servicio servico",
    "name": "nombre nome",
    "shop": "tienda negocio comercio local loja",
    "language": "idioma lengua lingua",
    "currency": "moneda moeda",
    "port": "puerto porta",
    "baud": "velocidad velocidade baudios bauds",
    "parity": "paridad paridade",
    "number": "numero formato",
    "decimal": "decimales decimais coma virgula",
    "thousands": "miles milhares millares",
    "amount": "importe monto valor total",
    "reply": "respuesta resposta",
    "paid": "pagado pagada pago",
    "failed": "fallo fallido fallado falhou falha",
    "driver": "controlador tipo",
    "chip": "controladora",
    "inches": "pulgadas polegadas",
    "size": "tamano tamanho",
    "rotate": "rotar girar rotacion rotacao",
    "invert": "invertir inverter",
    "lamps": "lampara lamparas lampada lampadas luz luces luzes leds",
    "red": "rojo roja vermelho vermelha",
    "green": "verde",
    "blue": "azul",
    "white": "blanco blanca branco branca",
    "buzzer": "zumbador bocina buzina",
    "active": "activo ativo",
    "passive": "pasivo passivo",
    "voice": "voz",
    "button": "boton botao",
    "scanner_hid": "lector leitor",
    "token": "credencial",
    "file": "archivo arquivo fichero",
    "path": "ruta camino caminho",
    "credential": "credencial",
    "replace": "reemplazar substituir",
    "busy": "ocupado",
    "none": "ninguno ninguna nenhuma nenhum",
    "even": "par",
    "odd": "impar",
    "es": "espanol castellano spanish",
    "pt": "portugues portuguese",
    "en": "ingles english",
    "BRL": "real reais reales",
    "dynamic": "dinamico dinamica",
    "static": "estatico estatica",
    "hybrid": "hibrido hibrida",
    "up": "arriba acima",
    "down": "abajo abaixo",
}


def meant_by(word: str, choices: dict[str, str]) -> str | None:
    """Return the only choice that a foreign word stands for; ``choices`` are by small letters."""
    plain = _plain(word)
    found = {
        choices[each.lower()]
        for each, words in _MEANT.items()
        if plain in words.split() and each.lower() in choices
    }
    return found.pop() if len(found) == 1 else None


def _plain(word: str) -> str:
    """Return the word in small letters without accents."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(each for each in letters if not unicodedata.combining(each))
