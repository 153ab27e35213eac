package match

import (
	"fmt"
	"slices"
	"time"
)

// agreement says in plain words how a recording's lead track fits.
func (v view) agreement(r *recording) []string {
	t := r.lead()
	if r.best.isrc {
		return []string{"Same recording code (ISRC) and title."}
	}
	out := []string{v.names(t) + v.edition(t) + "."}
	switch apart := gap(v.want.song.Duration, t.track.Duration); {
	case v.want.song.Duration <= 0 || t.track.Duration <= 0:
	case apart <= closeBy:
		out = append(out, "The length agrees.")
	default:
		out = append(out, fmt.Sprintf("The length differs by %d s.", int(apart.Round(time.Second).Seconds())))
	}
	if v.want.album.equal(t.album) {
		out = append(out, "From the album you named.")
	}
	return append(out, v.unmet(t)...)
}

// names compares title and artist.
func (v view) names(t *scored) string {
	title := "Same title"
	switch {
	case t.likeness == sameShort:
		title = "Same title but for an addition"
	case t.likeness < sameSound:
		title = "Nearly the same title"
	case t.likeness < sameTitle:
		title = "Same title in another script"
	}
	switch {
	case !v.named():
		return title
	case t.kin.first == covered && title == "Same title":
		return "Same title and artist"
	case t.kin.first == covered:
		return title + ", same artist"
	default:
		return title + "; the artist is given as " + t.track.ArtistNames()
	}
}

// edition names the version of a track, when it has one.
func (v view) edition(t *scored) string {
	labels := t.title.version.labels
	tags := t.version.tags
	switch {
	case tags.hard() != 0 && vague(v.want, &t.candidate):
		return "; it is " + kind(tags) + ", perhaps another than you asked for"
	case tags.hard() != 0 && v.want.version.tags.hard() == tags.hard() && t.veto == noVeto:
		if len(labels) == 0 {
			return "; it is the version you asked for"
		}
		return "; “" + labels[0] + "” is the version you asked for"
	case tags.hard() != 0:
		return "; it is " + kind(tags)
	case t.veto == offVersion:
		return "; it is the studio version"
	case len(labels) == 0:
		return ""
	case tags&edit != 0 && v.want.version.tags&edit == 0:
		return "; “" + labels[0] + "” may be shorter"
	case tags&(remaster|edition) != 0 && v.want.version.tags&tags == 0:
		return "; “" + labels[0] + "” is the same recording"
	default:
		return ""
	}
}

// unmet says which wishes a track does not fulfil.
func (v view) unmet(t *scored) []string {
	var out []string
	if !suits(v.want.twin, t.track) {
		out = append(out, fmt.Sprintf("No %s version was found.", v.want.twin))
	}
	if !rightEdition(v.want, &t.candidate) && len(v.want.wish.labels) > 0 {
		out = append(out, "No “"+v.want.wish.labels[0]+"” was found.")
	}
	return out
}

// whyAuto explains a pick: why this one, and what it was told apart from.
func (v view) whyAuto() []string {
	out := v.agreement(v.fit[0])
	switch rivals := slices.DeleteFunc(slices.Clone(v.fit[1:]), v.fit[0].near); {
	case len(rivals) > 0 && v.fit[0].features[Releases] > rivals[0].features[Releases]:
		out = append(out, "It is on more releases than any other recording that fits.")
	case len(rivals) > 0:
		out = append(out, "It fits better than the other recordings found.")
	case v.fit[0].features[LengthClose] == 0 && !v.fit[0].best.isrc:
		out = append(out, "It is the only recording found that fits.")
	}
	if s := v.ruledOut(); s != "" {
		out = append(out, s)
	}
	return out
}

// whyAsk explains a question between the recordings offered.
func (v view) whyAsk(offers []*recording) []string {
	var out []string
	n := len(offers)
	switch {
	case v.want.version.tags&karaoke != 0 && n > 1:
		out = append(out, capital(count(n))+" karaoke versions were found.")
	case !v.named() && n == maxChoices:
		out = append(out, "No artist was named, and at least "+count(n)+" artists have a song with this title.")
	case !v.named() && n > 1:
		out = append(out, "No artist was named, and "+count(n)+" artists have a song with this title.")
	case n > 1:
		if offers[0].share > 2*offers[1].share {
			out = append(out, capital(count(n))+" recordings fit, the first one best.")
		} else {
			out = append(out, capital(count(n))+" recordings fit about equally well.")
		}
		if s := lengths(offers); s != "" {
			out = append(out, s)
		}
	default:
		out = append(out, "One recording comes close, but it is not certain.")
		out = append(out, v.agreement(v.fit[0])...)
	}
	if s := v.ruledOut(); s != "" {
		out = append(out, s)
	}
	return out
}

// whyVersions explains a question about versions that were not asked for.
func (v view) whyVersions() []string {
	if len(v.want.wish.labels) > 0 && v.want.wish.tags&^(clean|explicit) != 0 {
		return []string{"No version that is “" + v.want.wish.labels[0] + "” was found."}
	}
	if v.versions()[0].best.veto == offPart {
		return []string{"Only another part of it was found."}
	}
	if v.want.version.tags.hard() != 0 {
		return []string{"Only versions were found that you did not ask for."}
	}
	return []string{"Only " + plural(v.versions()) + " found."}
}

// whyNone names the nearest miss.
func (v view) whyNone() []string {
	if len(v.all) == 0 {
		return []string{"No song with this title was found."}
	}
	near := v.all[0]
	t := near.lead()
	switch near.best.veto {
	case offLength:
		return []string{fmt.Sprintf("It was found only in another length: %s instead of %s.", clock(t.track.Duration), clock(v.want.song.Duration))}
	case offVersion, offPart:
		return []string{"Only another version was found: “" + label(t.track.Title) + "” by " + t.track.ArtistNames() + "."}
	case offArtist:
		return []string{"This title was found only by other artists: " + v.others() + "."}
	case offKaraoke:
		return []string{"Only karaoke or tribute versions were found."}
	default:
		return []string{"Nothing that was found comes close enough."}
	}
}

// others lists up to three performers of the recordings found.
func (v view) others() string {
	var names []string
	for _, r := range v.all {
		n := r.lead().track.ArtistNames()
		if r.best.veto == offArtist && !slices.Contains(names, n) && len(names) < 3 {
			names = append(names, n)
		}
	}
	return list(names)
}

// lengths tells recordings apart by their lengths, where these differ.
func lengths(offers []*recording) string {
	var out []string
	for _, r := range offers {
		d := clock(r.lead().track.Duration)
		if d == "" || slices.Contains(out, d) {
			return ""
		}
		out = append(out, d)
	}
	return "Their lengths are " + list(out) + "."
}

// ruledOut sums up the recordings that were told apart by their version:
// "Live at Wembley and three karaoke versions were ruled out."
func (v view) ruledOut() string {
	var items []string
	total := 0
	for i, k := range kinds {
		var of []*recording
		for _, r := range v.all {
			if (r.best.veto == offVersion || r.best.veto == offKaraoke) && r.kind() == i {
				of = append(of, r)
			}
		}
		total += len(of)
		switch labels := leadLabels(of); {
		case len(of) == 0:
		case len(of) == 1 && len(labels) > 0 && k.tag != karaoke && k.tag != 0:
			items = append(items, "“"+labels[0]+"”")
		case len(of) == 1:
			items = append(items, k.one)
		default:
			items = append(items, count(len(of))+" "+k.many)
		}
	}
	if total == 0 {
		return ""
	}
	verb := " were ruled out."
	if total == 1 {
		verb = " was ruled out."
	}
	slices.Reverse(items) // the gravest, karaoke, comes last
	return capital(list(items)) + verb
}

// kind returns the index of the first kind that the recording is: that of
// karaoke for a tribute, the last one for the studio version.
func (r *recording) kind() int {
	tags := r.lead().version.tags
	if r.lead().tribute {
		tags |= karaoke
	}
	for i, k := range kinds {
		if tags&k.tag != 0 {
			return i
		}
	}
	return len(kinds) - 1
}

func leadLabels(rs []*recording) []string {
	if len(rs) == 0 {
		return nil
	}
	return rs[0].lead().title.version.labels
}
