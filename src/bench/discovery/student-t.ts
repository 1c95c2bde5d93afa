/** P(T ≤ t) of Student's t with a whole number of degrees of freedom: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4. */
function cumulative(t: number, degrees: number): number {
  const angle = Math.atan2(t, Math.sqrt(degrees));
  const square = Math.cos(angle) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let i = odd ? 3 : 2; i <= degrees - 2; i += 2) {
    term *= (square * (i - 1)) / i;
    sum += term;
  }
  const between = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return (1 + between) / 2;
}

/** The value below which Student's t with so many degrees of freedom lies with the given probability, of at least ½. */
export function studentT(probability: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (cumulative(high, degrees) < probability) high *= 2;
  // Bisection ends at neighbouring floating-point numbers.
  for (let middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (cumulative(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return high;
}
