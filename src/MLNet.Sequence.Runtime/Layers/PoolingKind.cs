namespace MLNet.Sequence;

/// <summary>How the steps that are given for a sequence become one.</summary>
public enum PoolingKind
{
    /// <summary>The last step before the padding, as it is.</summary>
    LastStep,

    /// <summary>The mean of each channel over the valid steps.</summary>
    Mean,

    /// <summary>The largest value of each channel over the steps.</summary>
    Max,

    /// <summary>The mean weighted by softmax over the steps of w · x_t, with w learnt.</summary>
    Attention,
}
