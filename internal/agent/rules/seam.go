package rules

import "slices"

// between cuts a sentence of several songs. Each pivot has a part of its song on
// either side; between two pivots the end of one song meets the start of the next.
func between(p phrase, pivots []int, read func(left, right phrase) ([]found, bool)) ([]found, bool) {
	var out []found
	start, pivot := 0, pivots[0]
	cuts := p.commas()
	for _, next := range append(pivots[1:], len(p)) {
		end := len(p)
		if next < len(p) {
			if end = seam(p, cuts, pivot, next); end < 0 { // "Stand by Me by Ben E. King"
				pivot = next
				continue
			}
		}
		songs, ok := read(p[start:pivot], p[pivot+1:end])
		if !ok {
			return nil, false
		}
		out = append(out, songs...)
		start, pivot = end+1, next
	}
	return out, len(out) > 0
}

// seam returns where, between two pivots, one song ends; -1 when there is no place
// for it. Cuts are the commas between items.
func seam(p phrase, cuts []int, lo, hi int) int {
	var ands, commas, tight []int
	for i := lo + 2; i < hi-1; i++ {
		switch {
		case p.fixed(i):
		case p[i].kind == comma && p.any(i+1, "and", "plus", "then", "also"),
			(p[i].kind == comma || p.plain(i) == "and") && p[i+1].kind == quoted && p[i+1:hi].find(comma) < 0:
			return i
		case p.any(i, "and", "plus", "then"):
			ands = append(ands, i)
		case p.plain(i) == "and":
			tight = append(tight, i)
		default:
			if _, ok := slices.BinarySearch(cuts, i); ok {
				commas = append(commas, i)
			}
		}
	}
	return chooseSeam(p, ands, commas, tight)
}

// chooseSeam prefers a comma behind the last "and", then an "and", then a comma;
// "&" stands within names and counts only when nothing else is there.
func chooseSeam(p phrase, ands, commas, tight []int) int {
	last := func(of []int) int { return of[len(of)-1] }
	if len(tight) > 0 { // commas before "&" belong to a band: "Earth, Wind & Fire"
		kept := slices.DeleteFunc(slices.Clone(commas), func(i int) bool { return i < last(tight) })
		if len(kept) > 0 || len(ands) > 0 {
			commas = kept
		}
	}
	switch {
	case len(commas) > 0 && (len(ands) == 0 || last(commas) > last(ands)):
		return last(commas)
	case len(ands) > 1 && len(commas) > 0 && commas[0] < ands[0]:
		return last(ands)
	case len(ands) > 1:
		for _, i := range ands {
			if !p.any(i+1, "the", "his", "her", "their") {
				return i
			}
		}
		return last(ands)
	case len(ands) == 1 && len(commas) > 0:
		return commas[0]
	case len(ands) == 1:
		return ands[0]
	case len(tight) > 0:
		return last(tight)
	}
	return -1
}
