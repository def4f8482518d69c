namespace MLNet.Sequence;

/// <summary>How the outputs for the steps of a sequence become one.</summary>
public enum PoolingKind
{
    /// <summary>The output of the last step before the padding, unchanged.</summary>
    LastStep,

    /// <summary>The mean of each channel over the valid steps.</summary>
    Mean,

    /// <summary>The largest value of each channel over the steps.</summary>
    Max,

    /// <summary>The mean weighted by softmax over the steps of w · x_t, with learnt w.</summary>
    Attention,
}
