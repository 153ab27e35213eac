package workflows

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

// sealer encrypts and decrypts; *auth.KeyRing satisfies it.
type sealer interface {
	Seal(purpose string, plain, aad []byte) ([]byte, error)
	Open(purpose string, sealed, aad []byte) ([]byte, error)
}

const (
	encodingEncrypted = "binary/encrypted"
	payloadPurpose    = "temporal-payload"
)

// Codec encrypts every payload that leaves this process for Temporal.
type Codec struct{ keys sealer }

// NewCodec returns a codec over a key ring. The sealed bytes name their key, so old payloads stay readable after a rotation.
func NewCodec(keys sealer) *Codec { return &Codec{keys: keys} }

// Encode seals each payload as a whole, metadata included.
func (c *Codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, func(p *commonpb.Payload) (*commonpb.Payload, error) {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, err
		}
		sealed, err := c.keys.Seal(payloadPurpose, plain, nil)
		if err != nil {
			return nil, err
		}
		metadata := map[string][]byte{converter.MetadataEncoding: []byte(encodingEncrypted)}
		return &commonpb.Payload{Metadata: metadata, Data: sealed}, nil
	})
}

// Decode opens what Encode sealed and passes everything else on.
func (c *Codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, func(p *commonpb.Payload) (*commonpb.Payload, error) {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != encodingEncrypted {
			return p, nil
		}
		plain, err := c.keys.Open(payloadPurpose, p.GetData(), nil)
		if err != nil {
			return nil, err
		}
		opened := new(commonpb.Payload)
		return opened, proto.Unmarshal(plain, opened)
	})
}

func each(in []*commonpb.Payload, f func(*commonpb.Payload) (*commonpb.Payload, error)) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(in))
	for i, p := range in {
		var err error
		if out[i], err = f(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Converters returns the data and failure converters of client and worker;
// messages and stacks of failures are encrypted too.
func Converters(codec *Codec) (converter.DataConverter, converter.FailureConverter) {
	data := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec)
	failures := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          data,
		EncodeCommonAttributes: true,
	})
	return data, failures
}
