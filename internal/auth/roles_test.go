package auth_test

import (
	"testing"

	"segue/internal/auth"
)

func TestRolesAreReadAndFoundByEitherId(t *testing.T) {
	t.Parallel()
	roles, err := auth.ParseRoles(" a , u:viewer,o:operator,,x:admin ")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		person auth.Person
		want   auth.Role
	}{
		{auth.Person{AccountID: "a"}, auth.Admin},
		{auth.Person{AccountID: "acc", SpotifyID: "u"}, auth.Viewer},
		{auth.Person{SpotifyID: "o"}, auth.Operator},
		{auth.Person{AccountID: "x", SpotifyID: "u"}, auth.Admin},
		{auth.Person{ID: "a", Name: "a"}, auth.Nobody},
		{auth.Person{}, auth.Nobody},
	} {
		if got := roles.Of(c.person); got != c.want {
			t.Errorf("%+v is %s, want %s", c.person, got, c.want)
		}
	}
	for _, bad := range []string{"a:boss", ":admin", "a:", "a:admin:x"} {
		if _, err := auth.ParseRoles(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if none, err := auth.ParseRoles(""); err != nil || none.Of(auth.Person{}) != auth.Nobody {
		t.Errorf("%v, %v", none, err)
	}
}
