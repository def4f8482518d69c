using System.Reflection;
using System.Reflection.Emit;

namespace MLNet.Sequence.Tests;

/// <summary>One use of a type or a member, and the outermost type whose code contains it.</summary>
internal sealed record AssemblyReference(Type User, MemberInfo Used);

/// <summary>Everything that a compiled assembly names: base types, signatures, locals, attributes and the tokens in method bodies.</summary>
internal static class AssemblyReferences
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value);

    public static IEnumerable<AssemblyReference> Of(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => UsedBy(type).Select(used => new AssemblyReference(Outermost(type), used)));

    /// <summary>Each method and constructor of an assembly, and the methods that it calls or takes the address of. Generic methods are
    /// given by their definition.</summary>
    public static IEnumerable<(MethodBase Method, MethodBase[] Called)> Calls(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared))
        where method.GetMethodBody() is not null
        let called = Tokens(method.GetMethodBody()!.GetILAsByteArray()!).SelectMany(token => Resolve(method, token)).OfType<MethodBase>()
        select (method, called.Where(one => !one.DeclaringType!.IsArray).Select(one => one.Module.ResolveMethod(one.MetadataToken)!).Distinct().ToArray());

    /// <summary>Each place in which a method tests for a type, casts to a type or uses typeof.</summary>
    public static IEnumerable<(MethodBase Method, Type Type)> TypeTests(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared))
        where method.GetMethodBody() is not null
        from instruction in Instructions(method.GetMethodBody()!.GetILAsByteArray()!)
        where instruction.Code == OpCodes.Isinst || instruction.Code == OpCodes.Castclass || instruction.Code == OpCodes.Ldtoken
        from tested in Resolve(method, instruction.Token).OfType<Type>()
        select (method, tested);

    /// <summary>The type itself and all types in its name: element types and generic arguments.</summary>
    public static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);
        if (!type.IsGenericType || type.IsGenericTypeDefinition)
            return type.IsGenericParameter ? [] : [type];
        return type.GetGenericArguments().SelectMany(Parts).Prepend(type.GetGenericTypeDefinition());
    }

    public static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<MemberInfo> UsedBy(Type type)
    {
        IEnumerable<Type> bases = type.BaseType is { } parent ? Interfaces(type, parent).Append(parent) : [];
        IEnumerable<Type> constraints = type.GetGenericArguments()
            .Where(argument => argument.IsGenericParameter)
            .SelectMany(argument => argument.GetGenericParameterConstraints());
        IEnumerable<MemberInfo> used = bases.Concat(constraints).SelectMany(Parts).Concat(Attributes(type));
        foreach (FieldInfo field in type.GetFields(Declared))
            used = used.Concat(Parts(field.FieldType)).Concat(Attributes(field));
        foreach (PropertyInfo property in type.GetProperties(Declared))
            used = used.Concat(Attributes(property));
        foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
            used = used.Concat(UsedBy(method));
        return used;
    }

    // Only the interfaces that the type itself names, without those inherited from a base class or from other interfaces.
    private static IEnumerable<Type> Interfaces(Type type, Type parent)
    {
        Type[] all = type.GetInterfaces();
        return all.Except(parent.GetInterfaces()).Except(all.SelectMany(one => one.GetInterfaces()));
    }

    private static IEnumerable<MemberInfo> UsedBy(MethodBase method)
    {
        IEnumerable<Type> types = method.GetParameters().Select(parameter => parameter.ParameterType);
        IEnumerable<MemberInfo> members = Attributes(method);
        if (method is MethodInfo info)
        {
            types = types.Append(info.ReturnType);
            if (info.IsVirtual)
                members = members.Append(info.GetBaseDefinition());
        }

        if (method.GetMethodBody() is { } body)
        {
            types = types.Concat(body.LocalVariables.Select(local => local.LocalType));
            members = members.Concat(Tokens(body.GetILAsByteArray()!).SelectMany(token => Resolve(method, token)));
        }

        return types.SelectMany(Parts).Concat(members);
    }

    private static IEnumerable<MemberInfo> Attributes(MemberInfo member) =>
        member.GetCustomAttributesData().Select(attribute => attribute.Constructor);

    private static IEnumerable<MemberInfo> Resolve(MethodBase method, int token)
    {
        Type[]? typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        MemberInfo member = method.Module.ResolveMember(token, typeArguments, methodArguments)!;
        if (member is Type named)
            return Parts(named);

        IEnumerable<MemberInfo> used = Parts(member.DeclaringType!).Append(member);
        return member is MethodInfo { IsGenericMethod: true } generic
            ? used.Concat(generic.GetGenericArguments().SelectMany(Parts))
            : used;
    }

    private static IEnumerable<int> Tokens(byte[] il) => Instructions(il).Select(instruction => instruction.Token);

    // The opcodes whose operand is a type or a member.
    private static IEnumerable<(OpCode Code, int Token)> Instructions(byte[] il)
    {
        int position = 0;
        while (position < il.Length)
        {
            int value = il[position++];
            if (value == 0xFE) // the first byte of every two-byte instruction
                value = value << 8 | il[position++];

            OpCode code = OpCodesByValue[value];
            OperandType operand = code.OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
                yield return (code, BitConverter.ToInt32(il, position));
            position += OperandSize(operand, il, position);
        }
    }

    private static int OperandSize(OperandType operand, byte[] il, int position) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, position),
        _ => 4,
    };
}
