"""Medical policies written once, published as PDF, site and JSON that say the same."""
