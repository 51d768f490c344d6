"""What a log proves: the chain holds, the rules were kept, nobody without a seat was heard."""
