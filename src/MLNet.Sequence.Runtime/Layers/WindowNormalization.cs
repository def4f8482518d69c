namespace MLNet.Sequence;

/// <summary>How a window is brought to a common level and scale before the network, and back after it.</summary>
public enum WindowNormalization
{
    /// <summary>Nothing is done: the network sees the values as they are.</summary>
    None,

    /// <summary>Each channel of each window minus its mean, over its standard deviation (Kim et al., RevIN, ICLR 2022).</summary>
    MeanAndDeviation,

    /// <summary>Each channel of each window minus its last value (Zeng et al., NLinear, arXiv 2205.13504, section 4.2).</summary>
    LastValue,

    /// <summary>Each channel of each window minus its mean.</summary>
    Mean,
}
