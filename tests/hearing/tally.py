"""How many digits and orbits were understood."""

from dataclasses import dataclass
from math import sqrt

TABLE = [f"{'language':9} {'drive':>5}  {'noise':28} {'digits':>16}  {'likely between':>14}  {'orbits':>6}  misread"]


@dataclass
class Tally:
    """What was said and what was read instead."""

    pairs: list

    @property
    def digits(self):
        """Digits said and digits understood."""
        return sum(len(said) for said, _ in self.pairs), sum(one == other for said, read in self.pairs for one, other in zip(said, read))

    @property
    def rate(self):
        """The share of the digits that was understood, 0 to 1."""
        said, understood = self.digits
        return understood / said

    def between(self):
        """Where the share lies that endless listening would give, with 95 % likelihood (Wilson's interval)."""
        said, _ = self.digits
        z, share = 1.96, self.rate
        middle, half = share + z * z / (2 * said), z * sqrt(share * (1 - share) / said + z * z / (4 * said * said))
        return (middle - half) / (1 + z * z / said), (middle + half) / (1 + z * z / said)

    def enter(self, language, drive, noise):
        """A line of the table."""
        said, understood = self.digits
        low, high = self.between()
        right = sum(one == other for one, other in self.pairs)
        misread = " ".join(f"{one}>{other}" for one, other in self.pairs if one != other)
        TABLE.append(f"{language:9} {drive:2} dB  {noise:28} {understood:4} of {said:3} {self.rate:5.0%}  {low:5.0%} to {high:5.0%}  "
                     f"{right:2}/{len(self.pairs):2}  {misread}")
