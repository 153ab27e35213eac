package emulator

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// listener is a demo account and what it begins with.
type listener struct {
	id, name, account, country string
	lists                      []list
	follows                    []string // names of others' lists
}

// list is a playlist to begin with. Songs the catalogue lacks are replaced.
type list struct {
	name, description string
	public, shared    bool
	songs             []string // "Title - Artist", spotify: URIs, or null
	length            int      // filled up to
}

// demo returns the listeners. Songs that people will try to add are in none of their lists.
func demo() []listener {
	return []listener{
		{
			id: "ada_emu", name: "Ada", account: "aB3dE5fG7h", country: "GB",
			lists: []list{
				{name: "Road Trip", description: "Windows down.", songs: []string{
					"Go Your Own Way - Fleetwood Mac", "Life Is a Highway - Rascal Flatts", "Born to Run - Bruce Springsteen",
					"Mr. Brightside - The Killers", "Take Me Home, Country Roads - John Denver", "Africa - TOTO",
					"Send Me on My Way - Rusted Root", "Fast Car - Tracy Chapman",
				}, length: 8},
				{name: "Focus", songs: []string{
					"Weightless - Marconi Union", "Teardrop - Massive Attack", "Comptine d'un autre été, l'après-midi - Yann Tiersen",
					"Nuvole Bianche - Ludovico Einaudi", "Intro - The xx", "Sunset Lover - Petit Biscuit", "Roads - Portishead",
					"So What - Miles Davis", "Svefn-g-englar - Sigur Rós", "No Surprises - Radiohead", "Hoppípolla - Sigur Rós", "Take Five - The Dave Brubeck Quartet",
				}, length: 12},
				{name: "Dinner", description: "Low lights.", public: true, songs: []string{
					"Don't Know Why - Norah Jones", "Feeling Good - Nina Simone", "La vie en rose - Édith Piaf", "The Girl from Ipanema - Stan Getz",
					"What a Wonderful World - Louis Armstrong", "Águas de março - Elis Regina", "Caruso - Lucio Dalla", "A Case of You - Joni Mitchell",
					"Let's Get It On - Marvin Gaye", "Glory Box - Portishead",
				}, length: 10},
				{name: "Gym", songs: []string{
					"Eye of the Tiger - Survivor", "Stronger - Kanye West", "Till I Collapse - Eminem", "Thunderstruck - AC/DC",
					"Killing in the Name - Rage Against the Machine", "Lose Yourself - Eminem",
				}, length: 6},
				{name: "Gym", description: "The old one.", songs: []string{"Levels - Avicii", "Titanium - David Guetta", "Levels - Avicii"}, length: 3},
			},
		},
		{
			id: "ben_emu", name: "Ben", account: "kL9mN1pQ3r", country: "DE",
			lists: []list{
				{name: "Sunday Morning", public: true, songs: []string{
					"Here Comes the Sun - The Beatles", "Harvest Moon - Neil Young", "Three Little Birds - Bob Marley", "Big Yellow Taxi - Joni Mitchell",
					"(Sittin' On) The Dock of the Bay - Otis Redding", "Heart of Gold - Neil Young", "Vienna - Billy Joel",
				}, length: 7},
				{name: "Late Night Code", songs: []string{
					"Midnight City - M83", "spotify:local:Ben:Basement+Tapes:Untitled+4:187", "null",
					episodePrefix + makeID("episode", "1"), "Nightcall - Kavinsky",
				}, length: 130},
				{name: "House Party", shared: true, songs: []string{
					"One More Time - Daft Punk", "September - Earth, Wind & Fire", "Dancing Queen - ABBA", "Hung Up - Madonna", "Praise You - Fatboy Slim",
				}, length: 5},
				{name: "Empty for Now"},
			},
			follows: []string{"Dinner"},
		},
	}
}

// seedWorld makes the world as it is at first: the listeners and their lists, nobody logged in.
func (e *Emulator) seedWorld() *world {
	now := time.Date(2026, 11, 1, 9, 30, 0, 0, time.UTC)
	w := newWorld()
	for _, l := range demo() {
		w.People[l.id] = &person{ID: l.id, AccountID: l.account, Name: l.name, Country: l.country}
		for _, x := range slices.Backward(l.lists) { // the first ends on top
			rows := makeRows(e.fill(x), l.id, now)
			w.create(e.dice, l.id, edition{Name: x.name, Description: x.description, Public: x.public, Collaborative: x.shared, Rows: rows})
		}
		for _, p := range w.Playlists {
			if p.Owner != l.id && slices.Contains(l.follows, p.Current.Name) {
				w.People[l.id].Library = append(w.People[l.id].Library, p.ID)
			}
		}
	}
	return w
}

// fill finds the songs of the list and adds others until it is long enough.
func (e *Emulator) fill(x list) []string {
	var uris []string
	for _, s := range x.songs {
		if strings.HasPrefix(s, "spotify:") || s == "null" {
			uris = append(uris, s)
			continue
		}
		title, by, _ := strings.Cut(s, " - ")
		if hits := e.finder.find(`track:"` + title + `" artist:"` + by + `"`); len(hits) > 0 {
			uris = append(uris, trackPrefix+e.catalogue.tracks[hits[0].doc].id)
		}
	}
	tracks := e.catalogue.tracks
	for i := 0; len(uris) < x.length && len(tracks) > 0 && i < 50*x.length; i++ {
		t := &tracks[e.dice.of(x.name, x.description, strconv.Itoa(i))%uint64(len(tracks))]
		if ordinary(t) {
			uris = append(uris, trackPrefix+t.id)
		}
	}
	return uris
}

// ordinary reports whether the track may stand in a list to begin with: no version
// of anything, and nothing that people are shown as an example.
func ordinary(t *track) bool {
	if strings.ContainsAny(t.title, "-([") || t.popularity > 0 && t.popularity < 56 {
		return false
	}
	for _, example := range [...]string{"Bohemian Rhapsody", "Fade Into You", "Hallelujah"} {
		if strings.EqualFold(t.title, example) {
			return false
		}
	}
	return true
}
