namespace MLNet.Sequence;

/// <summary>The initial values of a simple recurrent layer's matrix R.</summary>
public enum RecurrentInitialization
{
    /// <summary>Uniform in ±1/√h for h units: PyTorch's rule.</summary>
    Uniform,

    /// <summary>A random orthogonal matrix, which keeps lengths (Saxe, McClelland and Ganguli, arXiv 1312.6120).</summary>
    Orthogonal,

    /// <summary>The identity, with both biases 0: the state is remembered unchanged (Le, Jaitly and Hinton, arXiv 1504.00941).</summary>
    Identity,
}
