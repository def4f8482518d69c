namespace MLNet.Sequence.Samples.Sequences;

/// <summary>Words and a tag for each, as ML.NET reads them.</summary>
internal sealed class TaggedSentence
{
    public string[] Words { get; set; } = [];

    public string[] Tags { get; set; } = [];
}
