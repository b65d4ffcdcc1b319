// A request to the unit, and its refusal in words.

/** True when the unit has taken it. Whatever it has against it goes to `onRefusal`; `lost` where it does not answer. */
export async function ask(path, options, onRefusal, lost = "The unit did not take that.") {
  try {
    const answer = await fetch(path, options);
    if (answer.ok) return true;
    const { error } = await answer.json().catch(() => ({}));
    onRefusal(error || `The unit refused (${answer.status}).`);
  } catch {
    onRefusal(lost);
  }
  return false;
}
