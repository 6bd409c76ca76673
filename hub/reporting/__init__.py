"""Stage 6: periodic reports. Figures are frozen, forms mailed, returns taken in, the report issued."""
