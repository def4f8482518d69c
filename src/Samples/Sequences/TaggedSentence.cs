namespace MLNet.Sequence.Samples.Sequences;

/// <summary>Words and a tag for each, as ML.NET reads them.</summary>
internal sealed class TaggedSentence
{
    public string[] Words { get; set; } = [];

    public string[] Tags { get; set; } = [];

    /// <summary>The number of its document in the file, if the file marks documents; else 0.</summary>
    public int Document { get; set; }
}
