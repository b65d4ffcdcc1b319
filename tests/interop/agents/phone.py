"""What every phone can be asked, whatever it is made of."""

from .timeline import Timeline


class Phone:
    """A party with a name, a number, a tone, and a timeline of what happened to it.

    `after` is a moment of the shared clock: what happened before it does not count.
    """

    def __init__(self, name, number):
        self.name, self.number = name, number
        self.timeline = Timeline(name)

    def _state(self, state, call, within, after):
        fields = {"state": state, "at": lambda at: at >= after}
        if call is not None:
            fields["call"] = call
        return self.timeline.wait("state", within, **fields)

    def talking(self, call=None, within=5.0, after=0.0):
        """Waits until a call is confirmed; returns the happening."""
        return self._state("CONFIRMED", call, within, after)

    def rings(self, call=None, within=5.0, after=0.0):
        """Waits until a call rings at the other end; returns the happening."""
        return self._state("EARLY", call, within, after)

    def closed(self, call=None, within=5.0, after=0.0):
        """Waits until a call has ended; returns the happening, with its final code."""
        return self._state("DISCONNECTED", call, within, after)

    def incoming(self, within=5.0, after=0.0):
        """Waits for a call; returns it with its headers."""
        return self.timeline.wait("incoming", within, at=lambda at: at >= after)

    def current(self):
        """The call that was confirmed last and has not ended."""
        ended = {one["call"] for one in self.timeline.all("state", state="DISCONNECTED")}
        return [one["call"] for one in self.timeline.all("state", state="CONFIRMED") if one["call"] not in ended][-1]
