"""Pages of A4 in true size, as SVG and PDF, and the barcodes on them. Pure."""
