"""Reading what others publish: open registers, portals, trackers and payments, with no database and no Django."""
