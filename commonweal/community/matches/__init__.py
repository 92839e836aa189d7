"""A need and what could meet it, from the offer to the thank-you."""
