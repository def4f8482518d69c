namespace MLNet.Sequence;

/// <summary>The level and scale that are removed from a window before the network, and restored in its output.</summary>
public enum WindowNormalization
{
    /// <summary>None: the network sees the values unchanged.</summary>
    None,

    /// <summary>Each channel of each window minus its mean, divided by its standard deviation (Kim et al., RevIN, ICLR 2022).</summary>
    MeanAndDeviation,

    /// <summary>Each channel of each window minus its last value (Zeng et al., NLinear, arXiv 2205.13504, section 4.2).</summary>
    LastValue,

    /// <summary>Each channel of each window minus its mean.</summary>
    Mean,
}
