"""Evidence (bukti): a case with its photos and place, from draft to verified, every step written down."""
