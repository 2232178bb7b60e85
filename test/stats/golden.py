"""Regenerates test/fixtures/golden/stats.json from SciPy: python3 test/stats/golden.py > test/fixtures/golden/stats.json (Debian: python3-scipy)."""
import json, random
from scipy import stats
import numpy as np

random.seed(7)
def series(n): return [round(random.lognormvariate(0, 1), 6) for _ in range(n)]

def rank(n):
    k = 1
    while k + 1 <= (n + 1) // 2 and 1 - 2 * stats.binom.cdf(k, n, 0.5) >= 0.95: k += 1
    return {"n": n, "rank": k, "confidence": 1 - 2 * stats.binom.cdf(k - 1, n, 0.5)}

quantiles = []
for n in (1, 2, 7, 100, 1000):
    v = series(n)
    for q in (0, 0.3, 0.5, 0.9, 0.99, 0.999, 1):
        quantiles.append({"values": v, "q": q, "expected": float(np.quantile(v, q, method="inverted_cdf"))}
                         if n <= 100 or q in (0.5, 0.99, 0.999) else None)
slopes = []
for n in (2, 5, 40, 300):
    x = sorted(series(n)); y = [3 * a + b for a, b in zip(x, series(n))]
    slopes.append({"x": x, "y": y, "expected": float(stats.theilslopes(y, x)[0])})
means = [{"values": v, "expected": float(stats.gmean(v))} for v in (series(1), series(9), series(200))]
print(json.dumps({"ranks": [rank(n) for n in [6, 7, 8, 9, 10, 11, 12, 15, 20, 24, 25, 31, 50, 99, 100, 500, 2000]],
                  "quantiles": [q for q in quantiles if q], "slopes": slopes, "means": means}))
