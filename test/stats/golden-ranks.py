"""Regenerates test/fixtures/golden/ranks.json from SciPy: python3 test/stats/golden-ranks.py > test/fixtures/golden/ranks.json (Debian: python3-scipy)."""
import itertools, json, math, random
from scipy import stats
import numpy as np

random.seed(11)
def normal(n, shift=0.0): return [round(random.gauss(shift, 1), 9) for _ in range(n)]
def tied(n, low=-3, high=4): return [random.randint(low, high) for _ in range(n)]

EXACT = stats.PermutationMethod(n_resamples=np.inf)

# Without ties SciPy has the exact distribution; with ties and zeros (Pratt) every sign pattern is looked at.
signed = [{"values": v, "p": float(stats.wilcoxon(v, method="exact").pvalue)}
          for n, shift in ((1, 0), (2, 0), (5, 1), (8, 0.7), (12, 0), (12, 0.8), (24, 0.4), (40, 0.3), (50, 0.2), (120, 0.1))
          for v in [normal(n, shift)]]
signed += [{"values": v, "p": float(stats.wilcoxon(v, zero_method="pratt", method=EXACT).pvalue)}
           for v in (tied(6), tied(9), tied(12), tied(12, -1, 4), [0, 0, 1, 2, 2, -1, 3, 3], [0.5] * 8, [1, 1, 1, 1, -1, 2, 2, 0])]
large = normal(400, 0.1)
signed.append({"values": large, "p": float(stats.wilcoxon(large, method="asymptotic", correction=True).pvalue)})

sums = [{"a": a, "b": b, "p": float(stats.mannwhitneyu(b, a, method="exact").pvalue), "u": float(stats.mannwhitneyu(b, a).statistic)}
        for m, n, shift in ((1, 1, 0), (3, 4, 1), (5, 5, 3), (8, 3, 0.5), (12, 12, 0.8), (24, 20, 0.4), (50, 50, 0.3), (6, 60, 1))
        for a, b in [(normal(m), normal(n, shift))]]
sums += [{"a": a, "b": b, "p": float(stats.mannwhitneyu(b, a, method=EXACT).pvalue), "u": float(stats.mannwhitneyu(b, a).statistic)}
         for a, b in ((tied(4), tied(5)), (tied(6), tied(6, -1, 5)), (tied(7), tied(5, 0, 5)), ([1, 1, 1], [1, 1, 1, 1]), ([1, 1, 1, 9], [2, 2, 2, 2, 2]))]
a, b = normal(150), normal(140, 0.2)
sums.append({"a": a, "b": b, "p": float(stats.mannwhitneyu(b, a, method="asymptotic").pvalue), "u": float(stats.mannwhitneyu(b, a).statistic)})
a, b = tied(150, 0, 3), tied(140, 0, 3)
sums.append({"a": a, "b": b, "p": float(stats.mannwhitneyu(b, a, method="asymptotic").pvalue), "u": float(stats.mannwhitneyu(b, a).statistic)})

def rank(below, confidence):
    k = 0
    while below(k) <= (1 - confidence) / 2: k += 1
    return k
def counts_of_signs(n):
    c = np.array([1], dtype=object)
    for r in range(1, n + 1):
        wider = np.zeros(len(c) + r, dtype=object); wider[:len(c)] += c; wider[r:] += c; c = wider
    return c
def walsh_rank(n, confidence):
    c = counts_of_signs(n)
    return rank(lambda w: sum(c[:w + 1]) / 2 ** n, confidence)
def deal_sums(m, n):
    sums = np.zeros(m * n + 1)
    for chosen in itertools.combinations(range(m + n), m): sums[sum(chosen) - m * (m - 1) // 2] += 1
    return np.cumsum(sums) / math.comb(m + n, m)
def shift_rank(m, n, confidence):
    below = deal_sums(m, n)
    return rank(lambda u: below[u], confidence)
walsh = [{"n": n, "confidence": c, "rank": walsh_rank(n, c)} for n in (3, 5, 6, 7, 8, 10, 12, 20, 24, 50, 100) for c in (0.95, 0.99)]
shifts = [{"m": m, "n": n, "confidence": c, "rank": shift_rank(m, n, c)}
          for m, n in ((2, 3), (3, 5), (4, 4), (5, 5), (6, 9), (10, 10), (7, 12)) for c in (0.95, 0.99)]

def one(v):
    averages = sorted((v[i] + v[j]) / 2 for i in range(len(v)) for j in range(i, len(v)))
    k = walsh_rank(len(v), 0.95)
    return {"values": v, "estimate": float(np.median(averages)), "low": averages[k - 1], "high": averages[-k]}
def two(a, b):
    differences = sorted(y - x for x in a for y in b)
    k = shift_rank(len(a), len(b), 0.95)
    return {"a": a, "b": b, "estimate": float(np.median(differences)), "low": differences[k - 1], "high": differences[-k]}
locations = [one(normal(n, 2)) for n in (6, 12, 20, 24)]
between = [two(normal(m), normal(n, 1)) for m, n in ((4, 4), (6, 9), (10, 10))]

# Holm by its definition: the greatest over the smaller ones of (family - place) p. SciPy has no function of it.
def holm(ps):
    order = np.argsort(ps, kind="stable"); adjusted = [0.0] * len(ps)
    for place, index in enumerate(order):
        adjusted[index] = float(max(min(1.0, (len(ps) - j) * ps[order[j]]) for j in range(place + 1)))
    return adjusted
families = [{"ps": ps, "expected": holm(ps)} for ps in ([0.01], [0.01, 0.04, 0.03, 0.005], [0.5, 0.5], [0.02, 0.001, 0.02, 0.9, 0.0004], [random.random() ** 3 for _ in range(20)])]
tails = [{"x": x, "above": float(stats.norm.sf(x))} for x in (-8, -3.5, -1, -0.1, 0, 0.3, 1, 1.96, 2.999, 3.001, 4.5, 8, 12)]
print(json.dumps({"signed": signed, "sums": sums, "walsh": walsh, "shifts": shifts, "locations": locations, "between": between,
                  "families": families, "tails": tails}))
