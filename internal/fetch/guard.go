package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"slices"
	"syscall"

	"segue/internal/fault"
)

// inside are networks that netip knows no name for and that may lead into somebody's
// own (RFC 6890, RFC 6598, RFC 8215, RFC 3056).
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

// guard looks at an address once its name was looked up and before it is dialled,
// so that no name can lead inside.
func guard(loopback bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err == nil && (public(to.Addr()) || loopback && to.Addr().Unmap().IsLoopback()) {
			return nil
		}
		return fault.New(fault.Forbidden, "The address of the list leads into a private network.", nil)
	}
}

func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsGlobalUnicast() && !ip.IsPrivate() &&
		!slices.ContainsFunc(inside, func(p netip.Prefix) bool { return p.Contains(ip) })
}

func tlsFor(roots *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}
